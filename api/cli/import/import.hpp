// `liushui import products|receipts|sales FILE`: a file's rows, through the API of a running server.
#pragma once

#include <string>

#include "api/cli/import/mapping.hpp"

namespace liushui {

struct ImportOptions {
    ImportKind kind = ImportKind::sales;
    std::string file;
    std::string map;
    std::string url;
    std::string token;
    std::string report;  // empty: FILE.refused.csv
    int patience_seconds = 60;
};

// Exit code: 0 all is done; 1 rows were refused, the report names them; 2 the file, the map or the request is
// wrong; 3 the server took nothing for too long: run it again.
int import_command(const ImportOptions& options);

}  // namespace liushui
