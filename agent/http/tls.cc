#include "agent/http/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "agent/base/openssl.h"

namespace ordinal::http {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::string_view kHttp2 = "h2";

/// RFC 7301: clients offer h2 and http/1.1, and take what is chosen; those that want to switch protocols offer the
/// second alone. Nothing in common: no ALPN at all, and HTTP/1.1.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                   unsigned int offered_length, void*) {
  static constexpr std::array<unsigned char, 12> kSpoken = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kSpoken.data(), kSpoken.size(), offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void Restrict(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // Every handshake proves the client's certificate anew.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // most connections wait
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, RefusePassword);
}

boost::asio::const_buffer Bytes(const std::string& text) { return {text.data(), text.size()}; }

}  // namespace

Result<std::shared_ptr<ssl::context>> MakeTls(const Certificates& certificates) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  Restrict(context->native_handle());
  boost::system::error_code code;
  context->use_certificate_chain(Bytes(certificates.chain), code);
  if (code) return MakeError(ErrorCode::kInvalid, "the server's certificate cannot be read: " + code.message());
  context->use_private_key(Bytes(certificates.key), ssl::context::pem, code);
  if (code)
    return MakeError(ErrorCode::kInvalid, "the key of the server's certificate does not fit: " + code.message());
  if (!certificates.client_ca.empty()) {
    const Certificate ca = ReadX509(certificates.client_ca);
    if (!ca || X509_STORE_add_cert(SSL_CTX_get_cert_store(context->native_handle()), ca.get()) != 1) {
      return MakeError(ErrorCode::kInvalid, LastError("the CA of client certificates cannot be read").message);
    }
  }
  context->set_verify_mode(ssl::verify_peer, code);
  // A wrong certificate is answered with a Status (401), not with a broken handshake: CertificateOf() finds it.
  context->set_verify_callback([](bool, ssl::verify_context&) { return true; }, code);
  if (code) return MakeError(ErrorCode::kInternal, "TLS cannot be set up: " + code.message());
  return context;
}

bool ChoseHttp2(SSL* connection) {
  const unsigned char* chosen = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(connection, &chosen, &length);
  return length == kHttp2.size() && std::equal(kHttp2.begin(), kHttp2.end(), chosen);
}

ShownCertificate CertificateOf(SSL* connection) {
  const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(connection), X509_free);
  if (!peer) return {};
  ShownCertificate shown;
  if (SSL_get_verify_result(connection) != X509_V_OK) {
    shown.refused = true;
    return shown;
  }
  const X509_NAME* subject = X509_get_subject_name(peer.get());
  ClientCertificate certificate;
  certificate.common_name = CommonNameOf(subject);
  certificate.organizations = ValuesIn(subject, NID_organizationName);
  certificate.not_after = TimeOf(X509_get0_notAfter(peer.get()));
  shown.certificate = std::move(certificate);
  return shown;
}

}  // namespace ordinal::http
