#include "api/cli/import/plan.hpp"

#include <algorithm>

#include "api/cli/import/plan_rows.hpp"

namespace liushui {
namespace {

std::unique_ptr<RowsPlan> rows_plan(ImportKind kind, const Mapping& mapping, Plan& plan) {
    switch (kind) {
        case ImportKind::products:
            return plan_products(mapping, plan);
        case ImportKind::receipts:
            return plan_receipts(mapping, plan);
        case ImportKind::sales:
            return plan_sales(mapping, plan);
    }
    return nullptr;
}

}  // namespace

Result<Plan> plan_import(const std::string& file, const Mapping& mapping, ImportKind kind) {
    Plan plan;
    const auto rows = rows_plan(kind, mapping, plan);
    RowReader reader;
    Result<void> outcome{};
    bool header = true;
    auto read = read_csv(file, mapping.encoding, [&](CsvRow row) {
        if (std::exchange(header, false)) {
            outcome = reader.header(row);
            for (const auto& [name, source] : sources_of(mapping, kind)) {
                if (outcome) outcome = reader.check(*source);
            }
            return outcome.has_value();
        }
        ++plan.rows;
        rows->add(reader, row);
        return true;
    });
    if (!read) return fail(read.error().code, file + ", " + read.error().about);
    if (!outcome) return fail(outcome.error().code, file + ": " + outcome.error().about);
    if (header) return fail(Code::parameter_invalid, file + ": it has no header row");
    rows->finish();
    std::sort(plan.refused.begin(), plan.refused.end(),
              [](const auto& a, const auto& b) { return a.line < b.line; });
    return plan;
}

}  // namespace liushui
