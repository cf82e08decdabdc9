// A real datagram socket plays the service manager.
#include "api/cli/notify.hpp"

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace liushui {
namespace {

class Manager {
  public:
    explicit Manager(const std::string& name) : name_{name} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    }
    ~Manager() {
        ::close(socket_);
        if (name_.front() != '@') std::filesystem::remove(name_);
    }
    std::string heard() const {
        char text[512];
        const auto size = ::recv(socket_, text, sizeof text, MSG_DONTWAIT);  // sent is arrived, here
        return size < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(size));
    }

  private:
    std::string name_;
    int socket_ = -1;
};

class NotifierTest : public testing::TestWithParam<std::string> {
  protected:
    void TearDown() override {
        for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    }
    static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }
};

INSTANTIATE_TEST_SUITE_P(Sockets, NotifierTest,
                         testing::Values("/tmp/liushui-notify-" + std::to_string(::getpid()),
                                         "@liushui-notify-" + std::to_string(::getpid())),
                         [](const auto& tested) { return tested.param[0] == '@' ? "Abstract" : "Path"; });

TEST_P(NotifierTest, TellsHowItStands) {
    const Manager manager{GetParam()};
    set("NOTIFY_SOCKET", GetParam());
    const auto notifier = Notifier::from_environment();
    notifier.starting("folding");
    EXPECT_EQ(manager.heard(), "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=30000000\nSTATUS=folding");
    notifier.ready("serving");
    EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=serving");
    notifier.alive();
    EXPECT_EQ(manager.heard(), "WATCHDOG=1");
    notifier.stopping();
    EXPECT_EQ(manager.heard(), "STOPPING=1\nSTATUS=stopping");
}

TEST_F(NotifierTest, IsSilentWhereNobodyListens) {
    Notifier::from_environment().ready("serving");
    set("NOTIFY_SOCKET", "/tmp/liushui-nobody-" + std::to_string(::getpid()));
    Notifier::from_environment().ready("serving");  // told in the log, and no more
    set("NOTIFY_SOCKET", "vsock:1:2");
    Notifier::from_environment().ready("serving");
}

TEST_F(NotifierTest, KnowsHowOftenItIsWantedAlive) {
    EXPECT_FALSE(Notifier::from_environment().interval());
    set("WATCHDOG_USEC", "3000000");
    EXPECT_EQ(Notifier::from_environment().interval(), std::chrono::microseconds{1'500'000});
    set("WATCHDOG_PID", std::to_string(::getpid()));
    EXPECT_TRUE(Notifier::from_environment().interval());
    set("WATCHDOG_PID", "1");  // another's
    EXPECT_FALSE(Notifier::from_environment().interval());
    ::unsetenv("WATCHDOG_PID");
    set("WATCHDOG_USEC", "soon");
    EXPECT_FALSE(Notifier::from_environment().interval());
}

}  // namespace
}  // namespace liushui
