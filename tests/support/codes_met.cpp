#include "tests/support/codes_met.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <unistd.h>

#include <boost/describe/enum_to_string.hpp>

namespace liushui {
namespace {

class CodesMet {
  public:
    ~CodesMet() {
        const char* directory = std::getenv("LIUSHUI_CODES_DIR");
        if (!directory || names_.empty()) return;
        std::filesystem::create_directories(directory);
        std::ofstream list{std::string{directory} + "/" + std::to_string(::getpid()), std::ios::app};
        for (const auto& name : names_) list << name << '\n';
    }
    void note(std::string name) {
        const std::lock_guard lock{mutex_};
        names_.insert(std::move(name));
    }

  private:
    std::mutex mutex_;
    std::set<std::string> names_;
};

CodesMet& codes_met() {
    static CodesMet met;
    return met;
}

}  // namespace

void note_code(const std::string& name) {
    std::string plain = name;
    std::replace(plain.begin(), plain.end(), '-', '_');
    codes_met().note(std::move(plain));
}

void note_code(Code code) {
    note_code(std::string{boost::describe::enum_to_string(code, "")});
}

}  // namespace liushui
