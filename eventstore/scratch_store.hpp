// Ordered bytes for a while: a store on disk that is gone when this is, for what does not fit into memory.
// In TMPDIR, or /var/tmp, where nobody else can read it.
#pragma once

#include <memory>
#include <string>

#include "eventstore/rocks_key_value.hpp"

namespace liushui::store {

class ScratchStore {
  public:
    // Failure: the folder at fault.
    static Result<std::unique_ptr<ScratchStore>> make();
    ~ScratchStore();

    KeyValue& store() { return *store_; }

  private:
    explicit ScratchStore(std::string directory);

    std::string directory_;
    std::unique_ptr<RocksKeyValue> store_;
};

}  // namespace liushui::store
