// Waiting in a coroutine for a callback that is called once, from any thread; the coroutine goes on on
// its own executor.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace liushui::store {

// `start(done)` begins; `done(value)` ends it.
template <class T, class Start>
boost::asio::awaitable<T> called_back(Start start) {
    namespace net = boost::asio;
    auto initiate = [](auto handler, Start begin) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        begin([shared](T value) {
            auto executor = net::get_associated_executor(*shared);
            net::post(executor,
                      [shared, value = std::move(value)]() mutable { (*shared)(std::move(value)); });
        });
    };
    co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(T)>(
        initiate, net::use_awaitable, std::move(start));
}

// Runs `work` on another executor: a disk read on the storage pool.
template <class Work>
auto run_on(boost::asio::any_io_executor pool, Work work) -> boost::asio::awaitable<decltype(work())> {
    using T = decltype(work());
    auto start = [pool, shared = std::make_shared<Work>(std::move(work))](auto done) {
        boost::asio::post(pool, [shared, done = std::move(done)] { done((*shared)()); });
    };
    co_return co_await called_back<T>(std::move(start));
}

}  // namespace liushui::store
