// Random values of every described type, within what the codec accepts.
#pragma once

#include <rapidcheck.h>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "schemas/codec_detail.hpp"

namespace liushui {

class RandomValues {
  public:
    template <class T>
    T make() {
        T value{};
        fill(value);
        return value;
    }

  private:
    std::int64_t number(std::int64_t low, std::int64_t high) {
        return *rc::gen::inRange<std::int64_t>(low, high + 1);
    }

    std::string text(TextRule rule) {
        // Letters of one to four bytes and what JSON must escape, but no blanks at the ends.
        static const std::vector<std::string> pieces{"a",  "Z", "0", "-",   "\"", "\\",
                                                     "店", "é", "𝄞", "a b", "名"};
        std::string value;
        const auto wanted = static_cast<std::size_t>(number(static_cast<std::int64_t>(rule.bytes_min), 12));
        while (value.size() < wanted) value += *rc::gen::elementOf(pieces);
        if (rule.slash && !value.empty() && number(0, 3) == 0) value += "/x";
        return value;
    }

    template <class T>
    void fill(T& value) {
        if constexpr (codec::is_optional<T>::value) {
            if (number(0, 1) == 1) fill(value.emplace());
        } else if constexpr (codec::is_vector<T>::value) {
            value.resize(static_cast<std::size_t>(number(0, 3)));
            for (auto& element : value) fill(element);
        } else if constexpr (codec::is_variant<T>::value) {
            constexpr auto count = std::variant_size_v<T>;
            boost::mp11::mp_with_index<count>(static_cast<std::size_t>(number(0, count - 1)),
                                              [&](auto i) { fill(value.template emplace<i>()); });
        } else if constexpr (codec::is_named<T>::value) {
            value.value = text(text_rule<T>);
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = text(plain_text);
        } else if constexpr (std::is_same_v<T, bool>) {
            value = number(0, 1) == 1;
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
            value = number(0, 9) == 0 ? amount_max : number(-amount_max, amount_max);
        } else if constexpr (std::is_same_v<T, Date>) {
            value.day = std::chrono::sys_days{std::chrono::days{number(-700'000, 2'900'000)}};
        } else if constexpr (std::is_same_v<T, Money>) {
            fill(value.fen);
        } else if constexpr (std::is_same_v<T, Quantity>) {
            fill(value.thousandths);
        } else if constexpr (std::is_same_v<T, Rate>) {
            fill(value.hundredths);
        } else if constexpr (std::is_same_v<T, UtcOffset>) {
            fill(value.minutes);
        } else if constexpr (std::is_same_v<T, Instant>) {
            fill(value.micros);
        } else if constexpr (std::is_enum_v<T>) {
            std::vector<T> all;
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
                [&](auto d) { all.push_back(d.value); });
            value = *rc::gen::elementOf(all);
        } else {
            boost::mp11::mp_for_each<codec::members_of<T>>([&](auto d) { fill(value.*d.pointer); });
        }
    }
};

}  // namespace liushui
