#include "eventstore/scratch_store.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace liushui::store {
namespace {

constexpr std::size_t cache_bytes = 64 << 20;
constexpr int cache_shards_log2 = 2;  // shards that hold a large filter

}  // namespace

Result<std::unique_ptr<ScratchStore>> ScratchStore::make() {
    const char* given = std::getenv("TMPDIR");
    std::string directory = given && *given ? given : "/var/tmp";
    directory += "/liushui-XXXXXX";
    if (!::mkdtemp(directory.data())) {
        return fail(Code::internal,
                    directory + " cannot be made (TMPDIR says where): " + std::strerror(errno));
    }
    std::unique_ptr<ScratchStore> made{new ScratchStore{std::move(directory)}};
    RocksSettings settings{rocksdb::NewLRUCache(cache_bytes, cache_shards_log2)};
    settings.scratch = true;
    auto store = RocksKeyValue::open(made->directory_, settings);
    if (!store) return tl::make_unexpected(std::move(store).error());
    made->store_ = *std::move(store);
    return made;
}

ScratchStore::ScratchStore(std::string directory) : directory_{std::move(directory)} {}

ScratchStore::~ScratchStore() {
    store_.reset();
    std::error_code ignored;  // what is left behind is of no worth
    std::filesystem::remove_all(directory_, ignored);
}

}  // namespace liushui::store
