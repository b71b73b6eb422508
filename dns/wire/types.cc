#include "dns/wire/types.h"

#include <fmt/format.h>

namespace ordinal::dns::wire {

std::string ToString(Type type) {
  switch (type) {
    case Type::kA: return "A";
    case Type::kNs: return "NS";
    case Type::kCname: return "CNAME";
    case Type::kSoa: return "SOA";
    case Type::kPtr: return "PTR";
    case Type::kMx: return "MX";
    case Type::kTxt: return "TXT";
    case Type::kAaaa: return "AAAA";
    case Type::kSrv: return "SRV";
    case Type::kOpt: return "OPT";
    case Type::kIxfr: return "IXFR";
    case Type::kAxfr: return "AXFR";
    case Type::kAny: return "ANY";
  }
  return fmt::format("TYPE{}", static_cast<uint16_t>(type));
}

std::string ToString(Rcode rcode) {
  switch (rcode) {
    case Rcode::kNoError: return "NOERROR";
    case Rcode::kFormErr: return "FORMERR";
    case Rcode::kServFail: return "SERVFAIL";
    case Rcode::kNxDomain: return "NXDOMAIN";
    case Rcode::kNotImp: return "NOTIMP";
    case Rcode::kRefused: return "REFUSED";
    case Rcode::kBadVers: return "BADVERS";
  }
  return fmt::format("RCODE{}", static_cast<uint16_t>(rcode));
}

}  // namespace ordinal::dns::wire
