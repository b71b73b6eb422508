// Which questions a resolver asks only after it lost the answer to a better one. Pure.
//
// A resolver with a search list tries a name in several spellings and stops at the first that exists. glibc goes on to
// the next also when a question was not answered at all, and takes what the last one said for the whole: "no such
// name", for a name that exists (glibc 2.36, resolv/res_query.c). So the others must not be denied while answers may
// have been lost with an earlier agent's socket.
#pragma once

#include <string_view>

#include "dns/snapshot/snapshot.h"

namespace ordinal::dns {

/// `name` (lower case, wire form) does not exist. True when it is another spelling of one that does:
///
///   kubia-0.kubia.default.svc.<zone>.default.svc.<zone>   of a name that is asked as it stands first, having 5 dots
///   kubia-0.kubia                                          of one that is asked as it stands last, having fewer
///
/// (`options ndots:5`, which every pod has.) Does not allocate; takes a look-up for each namespace at most.
bool SpellsAnExistingName(const Snapshot& snapshot, std::string_view name);

}  // namespace ordinal::dns
