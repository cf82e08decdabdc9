// A list of types: what a module offers to the codec and the store.
#pragma once

namespace liushui {

template <class... T>
struct List {};

template <class... Lists>
struct Joined;
template <class... A>
struct Joined<List<A...>> {
    using type = List<A...>;
};
template <class... A, class... B, class... Rest>
struct Joined<List<A...>, List<B...>, Rest...> {
    using type = typename Joined<List<A..., B...>, Rest...>::type;
};
template <class... Lists>
using Join = typename Joined<Lists...>::type;

}  // namespace liushui
