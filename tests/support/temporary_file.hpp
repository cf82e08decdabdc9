// A file that is gone with its object.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace liushui {

class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& content) {
        static std::atomic<int> next{0};
        path_ = std::filesystem::temp_directory_path() /
                ("liushui-" + std::to_string(::getpid()) + "-" + std::to_string(next++));
        std::ofstream{path_, std::ios::binary} << content;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace liushui
