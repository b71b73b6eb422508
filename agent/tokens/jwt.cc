#include "agent/tokens/jwt.h"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "agent/api/base64.h"
#include "agent/api/read.h"
#include "agent/base/openssl.h"
#include "agent/tokens/signatures.h"

namespace ordinal::tokens {
namespace {

using api::Json;

constexpr char kAlgorithm[] = "ES256";
constexpr size_t kNumber = 32;  // bytes of R and of S
constexpr size_t kPlace = std::string::npos;

using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

Error Refused(const char* why) {
  ERR_clear_error();
  return MakeError(ErrorCode::kInvalid, std::string("the token ") + why);
}

const unsigned char* Data(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* Data(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Result<Json> DecodeJson(std::string_view text) {
  TRY(const std::string bytes, DecodeUrl(text));
  Json json = Json::parse(bytes, nullptr, false);
  if (!json.is_object()) return Refused("has not the form of one");
  return json;
}

/// R and S, each with leading zeros, of the DER that OpenSSL makes.
Result<std::string> PlainSignature(const std::string& der) {
  const unsigned char* at = Data(std::string_view(der));
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string plain(2 * kNumber, '\0');
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), Data(plain), kNumber) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), Data(plain) + kNumber, kNumber) < 0) {
    return LastError("read a signature");
  }
  return plain;
}

Result<std::string> Sign(std::string_view text, EVP_PKEY* key) {
  const Digest digest(EVP_MD_CTX_new());
  size_t size = 0;
  if (!digest || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, Data(text), text.size()) != 1) {
    return LastError("sign a token");
  }
  std::string der(size, '\0');
  if (EVP_DigestSign(digest.get(), Data(der), &size, Data(text), text.size()) != 1) return LastError("sign a token");
  der.resize(size);
  return PlainSignature(der);
}

Result<std::string> IdOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return LastError("write a public key");
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(der, static_cast<size_t>(size), Data(digest));
  OPENSSL_free(der);
  return EncodeUrl(digest);
}

}  // namespace

std::string EncodeUrl(std::string_view bytes) {
  std::string text = api::EncodeBase64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

Result<std::string> DecodeUrl(std::string_view text) {
  if (text.find_first_of("+/=\r\n") != kPlace) return Refused("has not the form of one");
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return api::DecodeBase64(standard);
}

Result<std::string> MakePrivateKey() {
  const Key key(EVP_EC_gen("P-256"));
  const Bio text(BIO_new(BIO_s_mem()));
  if (!key || PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return LastError("make a key for tokens");
  }
  return Written(text.get());
}

Result<SigningKey> ReadSigningKey(const std::string& private_pem, WallTime made) {
  Key key = ReadKey(private_pem);
  std::array<char, 64> group{};
  if (!key || EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) != 1 ||
      std::string_view(group.data()) != "prime256v1") {
    ERR_clear_error();
    return MakeError(ErrorCode::kInvalid, "it is no private key of the curve P-256");
  }
  SigningKey signing;
  TRY(signing.id, IdOf(key.get()));
  signing.key = std::shared_ptr<EVP_PKEY>(std::move(key));
  signing.made = made;
  return signing;
}

Result<std::string> SignJwt(const Json& claims, const SigningKey& key) {
  const Json header = {{"alg", kAlgorithm}, {"kid", key.id}};
  std::string token = EncodeUrl(header.dump()) + "." + EncodeUrl(claims.dump());
  TRY(const std::string signature, Sign(token, key.key.get()));
  token += "." + EncodeUrl(signature);
  if (token.size() > kLongestText) {
    return MakeError(
        ErrorCode::kInvalid,
        fmt::format("the token would have {} bytes, more than {}: name fewer audiences", token.size(), kLongestText));
  }
  return token;
}

Result<TokenParts> TakeApart(std::string_view token) {
  const size_t first = token.find('.'), last = token.rfind('.');
  if (token.size() > kLongestText || first == kPlace || first == last || token.find('.', first + 1) != last) {
    return Refused("has not the form of one");
  }
  TokenParts parts;
  TRY(parts.header, DecodeJson(token.substr(0, first)));
  // What a header declares critical has to be understood (RFC 7515, 4.1.11), and nothing is.
  if (parts.header.contains("crit")) return Refused("asks for what nobody here knows");
  TRY(parts.claims, DecodeJson(token.substr(first + 1, last - first - 1)));
  parts.text = token.substr(0, last);
  TRY(parts.signature, DecodeUrl(token.substr(last + 1)));
  return parts;
}

Result<Json> CheckJwt(std::string_view token, const std::vector<SigningKey>& keys) {
  TRY(TokenParts parts, TakeApart(token));
  // The algorithm is ours to choose, whatever the token says.
  if (api::ReadString(parts.header, "alg") != kAlgorithm) return Refused("is signed by another algorithm than ES256");
  const std::string id = api::ReadString(parts.header, "kid");
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const SigningKey& one) { return one.id == id; });
  if (key == keys.end()) return Refused("is signed by a key that nobody here has");
  if (!VerifySignature(kAlgorithm, parts.text, parts.signature, key->key.get())) {
    return Refused("has a wrong signature");
  }
  return std::move(parts.claims);
}

}  // namespace ordinal::tokens
