// What a small shop does, by chance: sales, refunds, receipts, stocktakes of three goods, and new products.
// Some of it is refused.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "domain/modules.hpp"
#include "eventstore/digest.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"

namespace liushui {

struct ShopCommand {
    std::string request;  // its hash
    std::function<std::unique_ptr<Work>()> work;
};

class ShopCommands {
  public:
    explicit ShopCommands(std::mt19937& random) : random_{random} {}

    // Books, a store, a supplier, the goods; every one is accepted.
    std::vector<ShopCommand> opening(bool sells_what_is_not_there);
    // Any of those below. `sales`: whose goods may come back.
    ShopCommand any(const std::vector<DocumentNumber>& sales);
    ShopCommand product();  // always accepted
    ShopCommand sale();
    ShopCommand receipt();
    ShopCommand refund(const DocumentNumber& sale);
    ShopCommand stocktake();

  private:
    template <class Command>
    static ShopCommand make(const Command& command) {
        return {store::request_hash("test", to_json(command)),
                [command] { return work_of(Command{command}); }};
    }
    std::int64_t pick(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
    }
    Sku sku() { return Sku{"g" + std::to_string(pick(0, 2))}; }
    // Of what may be there once.
    std::string fresh(const char* kind) { return kind + std::to_string(++made_); }

    std::mt19937& random_;
    std::int64_t made_ = 0;
};

}  // namespace liushui
