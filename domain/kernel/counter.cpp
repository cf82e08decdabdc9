#include "domain/kernel/counter.hpp"

namespace liushui {

DocumentNumber next_number(const View& view, const CounterKey& counter) {
    constexpr std::size_t digits_min = 4;
    auto serial = std::to_string(view[counter].last + 1);
    if (serial.size() < digits_min) serial.insert(0, digits_min - serial.size(), '0');
    return DocumentNumber{counter.name() + "-" + serial};
}

void evolve(Counter& counter, const DocumentNumber&) {
    ++counter.last;
}

}  // namespace liushui
