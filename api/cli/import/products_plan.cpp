#include <boost/describe/enum_from_string.hpp>

#include "api/cli/import/plan_rows.hpp"
#include "domain/catalog/product.hpp"

namespace liushui {
namespace {

class ProductsPlan final : public RowsPlan {
  public:
    ProductsPlan(const Mapping& mapping, Plan& plan) : mapping_{mapping}, plan_{plan} {}

    void add(const RowReader& reader, const CsvRow& row) override {
        const auto sku = reader.whole(row) ? reader.text(row, mapping_.sku) : std::string{};
        if (sku.empty()) {
            plan_.refused.push_back(
                {row.line, sku, "row-incomplete", "the row has no sku, or not as many fields as the header"});
            return;
        }
        RegisterProduct product;
        const auto bad = read(reader, row, product);
        const auto [place, fresh] = by_sku_.try_emplace(sku, products_.size());
        if (fresh) products_.push_back({row.line, product, {}});
        auto& known = products_[place->second];
        if (known.bad) return;
        if (bad) {
            known.bad = RefusedRow{row.line, sku, bad->code, bad->reason};
        } else if (to_json(product) != to_json(known.product)) {
            known.bad = RefusedRow{
                row.line, sku, "contradiction",
                "this row and line " + std::to_string(known.line) + " say different things of the product"};
        }
    }

    void finish() override {
        for (auto& known : products_) {
            if (known.bad) {
                plan_.refused.push_back(*std::move(known.bad));
            } else {
                plan_.commands.push_back(planned(known.line, known.product.sku.value, mapping_,
                                                 "register-product", known.product));
            }
        }
    }

  private:
    struct Known {
        std::uint64_t line;
        RegisterProduct product;
        std::optional<RefusedRow> bad;
    };

    std::optional<BadRow> read(const RowReader& reader, const CsvRow& row, RegisterProduct& product) const {
        const auto text = [&](const Source& source) { return reader.text(row, source); };
        product.sku = Sku{text(mapping_.sku)};
        product.name = Label{text(mapping_.name)};
        if (product.name.value.empty()) return BadRow{"field-missing", "the product has no name"};
        if (!boost::describe::enum_from_string(text(mapping_.vat).c_str(), product.vat)) {
            return BadRow{"value-out-of-range", "vat \"" + text(mapping_.vat) + "\""};
        }
        const auto price = parse_yuan(text(mapping_.price));
        if (!price || *price > price_max)
            return BadRow{"value-out-of-range", "price \"" + text(mapping_.price) + "\""};
        product.price = *price;
        product.unit = optional_id<Label>(text(mapping_.unit));
        product.category = optional_id<CategoryId>(text(mapping_.category));
        if (const auto barcode = text(mapping_.barcode); !barcode.empty())
            product.barcodes = {Barcode{barcode}};
        if (const auto stocked = text(mapping_.stocked); !stocked.empty()) {
            if (stocked != "true" && stocked != "false")
                return BadRow{"value-out-of-range", "stocked \"" + stocked + "\": true or false"};
            product.stocked = stocked == "true";
        }
        return std::nullopt;
    }

    const Mapping& mapping_;
    Plan& plan_;
    std::unordered_map<std::string, std::size_t> by_sku_;
    std::vector<Known> products_;
};

}  // namespace

std::unique_ptr<RowsPlan> plan_products(const Mapping& mapping, Plan& plan) {
    return std::make_unique<ProductsPlan>(mapping, plan);
}

}  // namespace liushui
