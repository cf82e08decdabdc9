#include "eventstore/rocks_info_log.hpp"

#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace liushui::store {
namespace {

constexpr std::uintmax_t bytes_max = 4 << 20;
constexpr std::size_t line_max = 1024;

class FileLog final : public rocksdb::Logger {
  public:
    explicit FileLog(const std::string& path)
        : Logger{rocksdb::InfoLogLevel::WARN_LEVEL},
          file_{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)} {}
    ~FileLog() override {
        if (file_ >= 0) ::close(file_);
    }
    using Logger::Logv;
    void Logv(const char* format, va_list arguments) override {
        if (file_ < 0) return;
        char line[line_max];
        const std::time_t now = std::time(nullptr);
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        std::size_t size = std::strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%SZ ", &utc);
        const int told = std::vsnprintf(line + size, sizeof line - size - 1, format, arguments);
        if (told < 0) return;
        size = std::min(size + static_cast<std::size_t>(told), sizeof line - 2);
        line[size++] = '\n';
        [[maybe_unused]] const auto written = ::write(file_, line, size);
    }
    void LogHeader(const char*, va_list) override {}  // all options, at every opening

  private:
    const int file_;
};

class NoLog final : public rocksdb::Logger {
  public:
    NoLog() : Logger{rocksdb::InfoLogLevel::FATAL_LEVEL} {}
    using Logger::Logv;
    void Logv(const char*, va_list) override {}
};

}  // namespace

std::shared_ptr<rocksdb::Logger> info_log_in(const std::string& directory) {
    const std::string path = directory + "/LOG";
    std::error_code error;
    std::filesystem::create_directories(directory, error);  // a failure shows where the database is made
    if (std::filesystem::file_size(path, error) > bytes_max && !error)
        std::filesystem::rename(path, path + ".old", error);
    return std::make_shared<FileLog>(path);
}

std::shared_ptr<rocksdb::Logger> no_info_log() {
    static const auto none = std::make_shared<NoLog>();
    return none;
}

}  // namespace liushui::store
