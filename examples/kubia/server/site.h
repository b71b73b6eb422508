// What the pages of the example say.
//
//   GET  /        who answered, and what it stored
//   POST /        stores the body
//   GET  /data    just what it stored
//   GET  /peers   what every pod of the service stored, found through DNS
#pragma once

#include "examples/kubia/server/http.h"
#include "examples/kubia/server/options.h"
#include "examples/kubia/server/resolver.h"
#include "examples/kubia/server/storage.h"

namespace kubia {

class Site {
 public:
  explicit Site(const Options& options);

  /// Thread-safe. /peers blocks until every peer answered, five seconds at most.
  Response Answer(const Request& request);

 private:
  Response Peers() const;

  std::string hostname_;
  std::string service_;
  uint16_t port_;
  Storage storage_;
  Resolver resolver_;
};

}  // namespace kubia
