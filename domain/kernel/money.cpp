#include "domain/kernel/money.hpp"

#include <algorithm>
#include <numeric>

namespace liushui {

std::vector<Money> allocate(Money total, std::span<const Money> weights) {
    std::vector<Money> shares(weights.size());
    const Money sum = std::accumulate(weights.begin(), weights.end(), Money{});
    assert(sum.fen > 0 || total.fen == 0);
    if (total.fen == 0 || sum.fen == 0) return shares;
    const bool negative = total.fen < 0;
    const std::int64_t whole = negative ? -total.fen : total.fen;

    std::vector<std::int64_t> remainders(weights.size());
    std::int64_t given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Wide product = static_cast<Wide>(whole) * weights[i].fen;
        shares[i].fen = static_cast<std::int64_t>(product / sum.fen);
        remainders[i] = static_cast<std::int64_t>(product % sum.fen);
        given += shares[i].fen;
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
    });
    for (std::size_t i = 0; given < whole; ++i, ++given) ++shares[order[i]].fen;
    if (negative) {
        for (auto& share : shares) share = -share;
    }
    return shares;
}

}  // namespace liushui
