// Loaded before the C library into a process under test: while the file that LIUSHUI_FULL names exists, the
// disk has no space for what lies under the path that is written in it.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

std::string full_path() {
    const char* flag = std::getenv("LIUSHUI_FULL");
    const int file = flag ? ::open(flag, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return {};
    char path[4096];
    const auto size = ::read(file, path, sizeof path);
    ::close(file);
    return {path, size > 0 ? static_cast<std::size_t>(size) : 0};
}

// What lies within the file already has its place.
bool no_space_for(int file, off_t end) {
    const auto full = full_path();
    if (full.empty()) return false;
    char path[4096];
    const auto link = "/proc/self/fd/" + std::to_string(file);
    const auto size = ::readlink(link.c_str(), path, sizeof path);
    if (size <= 0 || !std::string_view(path, static_cast<std::size_t>(size)).starts_with(full)) return false;
    struct stat there{};
    if (::fstat(file, &there) != 0 || !S_ISREG(there.st_mode) || end <= there.st_size) return false;
    errno = ENOSPC;
    return true;
}

off_t place(int file, std::size_t size) {
    return ::lseek(file, 0, SEEK_CUR) + static_cast<off_t>(size);
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, size_t size) {
    static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
    return no_space_for(file, place(file, size)) ? -1 : real(file, data, size);
}

ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
    static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    return no_space_for(file, offset + static_cast<off_t>(size)) ? -1 : real(file, data, size, offset);
}

ssize_t pwrite64(int file, const void* data, size_t size, off_t offset) {
    return pwrite(file, data, size, offset);
}

int fallocate(int file, int mode, off_t offset, off_t size) {
    static auto* const real = next<int(int, int, off_t, off_t)>("fallocate");
    return no_space_for(file, offset + size) ? -1 : real(file, mode, offset, size);
}

int fallocate64(int file, int mode, off_t offset, off_t size) {
    return fallocate(file, mode, offset, size);
}
}
