#include "agent/http/http2/callbacks.h"

#include <cstdlib>
#include <string_view>

#include "agent/base/log.h"
#include "agent/http/http2/session.h"

namespace ordinal::http::http2 {
namespace {

constexpr size_t kMostAcks = 256;  // answers to PING and SETTINGS that the client has not taken
constexpr size_t kTinyData = 64;   // bytes of a DATA frame that is not worth its head

std::string_view TextAt(const uint8_t* bytes, size_t length) { return {reinterpret_cast<const char*>(bytes), length}; }

/// Nothing is thrown through nghttp2.
template <class Fn>
int Guarded(const Fn& fn) {
  try {
    return fn();
  } catch (const std::exception& error) {
    log::Error("http: a frame could not be read: {}", error.what());
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

}  // namespace

struct Callbacks {
  static Session& Of(void* session) { return *static_cast<Session*>(session); }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    const bool trailers = frame->headers.cat != NGHTTP2_HCAT_REQUEST;
    return Guarded([&] { return Of(user).Begin(frame->hd.stream_id, trailers); });
  }
  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name, size_t name_length,
                      const uint8_t* value, size_t value_length, uint8_t, void* user) {
    auto* const exchange = static_cast<Exchange*>(nghttp2_session_get_stream_user_data(session, frame->hd.stream_id));
    return Guarded([&] { return Of(user).Field(exchange, TextAt(name, name_length), TextAt(value, value_length)); });
  }
  static int OnBeginFrame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
    // Nothing else is told of these: priorities are not looked at, and a header for a stream that is over is left out.
    const bool over =
        head->type == NGHTTP2_HEADERS && head->stream_id <= Of(user).newest_ && !Of(user).Find(head->stream_id);
    return over || head->type == NGHTTP2_PRIORITY ? Guarded([&] { return Of(user).Nuisance(); }) : 0;
  }
  static int OnInvalid(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
    return Guarded([&] { return Of(user).Refused(frame->hd.stream_id); });
  }
  static int OnUnknown(nghttp2_session*, void**, const nghttp2_frame_hd*, void* user) {
    const int failed = Guarded([&] { return Of(user).Nuisance(); });
    return failed != 0 ? failed : NGHTTP2_ERR_CANCEL;
  }
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return Guarded([&] { return Came(Of(user), *frame); });
  }
  static int Came(Session& session, const nghttp2_frame& frame) {
    const bool end = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame.hd.type) {
      case NGHTTP2_HEADERS:
        session.header_until_ = Moment::max();
        if (const auto exchange = session.Find(frame.hd.stream_id)) {
          if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
            session.HeaderCame(exchange, end);
          } else if (end) {
            session.Whole(exchange);  // trailers
          }
        }
        return 0;
      case NGHTTP2_DATA:
        if (const auto exchange = end ? session.Find(frame.hd.stream_id) : nullptr) session.Whole(exchange);
        return frame.hd.length - frame.data.padlen < kTinyData && !end ? session.Nuisance() : 0;
      case NGHTTP2_RST_STREAM:
        if (const auto exchange = session.Find(frame.hd.stream_id)) exchange->counted = true;
        return session.Nuisance();
      default: return session.Nuisance();
    }
  }
  static int OnData(nghttp2_session* frames, uint8_t, int32_t id, const uint8_t* bytes, size_t length, void* user) {
    return Guarded([&] {
      Session& session = Of(user);
      // What is kept of it is bounded by itself, so the client may send more at once.
      nghttp2_session_consume(frames, id, length);
      session.budget_.Passed(length);
      if (const auto exchange = session.Find(id)) session.Body(exchange, TextAt(bytes, length));
      return 0;
    });
  }
  static int OnClose(nghttp2_session*, int32_t id, uint32_t error, void* user) {
    return Guarded([&] { return Of(user).Ended(id, error); });
  }
  static int OnSent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (!end || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)) return 0;
    return Guarded([&] {
      if (const auto exchange = Of(user).Find(frame->hd.stream_id)) Of(user).EndSent(*exchange);
      return 0;
    });
  }
  static ssize_t OnFill(nghttp2_session*, int32_t, uint8_t* to, size_t room, uint32_t* flags,
                        nghttp2_data_source* source, void* user) {
    ssize_t filled = 0;
    const int failed = Guarded([&] {
      filled = Of(user).Fill(*static_cast<Exchange*>(source->ptr), to, room, *flags);
      return 0;
    });
    return failed != 0 ? failed : filled;
  }
};

Frames MakeFrames(Session& session) {
  // Each of these fails for want of memory alone, and then nothing else goes on either.
  nghttp2_session_callbacks* made = nullptr;
  if (nghttp2_session_callbacks_new(&made) != 0) std::abort();
  const std::unique_ptr<nghttp2_session_callbacks, void (*)(nghttp2_session_callbacks*)> callbacks(
      made, nghttp2_session_callbacks_del);
  nghttp2_session_callbacks_set_on_begin_frame_callback(made, Callbacks::OnBeginFrame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(made, Callbacks::OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(made, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(made, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, Callbacks::OnInvalid);
  nghttp2_session_callbacks_set_unpack_extension_callback(made, Callbacks::OnUnknown);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(made, Callbacks::OnClose);
  nghttp2_session_callbacks_set_on_frame_send_callback(made, Callbacks::OnSent);
  nghttp2_option* given = nullptr;
  if (nghttp2_option_new(&given) != 0) std::abort();
  const std::unique_ptr<nghttp2_option, void (*)(nghttp2_option*)> option(given, nghttp2_option_del);
  nghttp2_option_set_no_auto_window_update(given, 1);
  nghttp2_option_set_no_closed_streams(given, 1);
  nghttp2_option_set_max_outbound_ack(given, kMostAcks);
  // Who is not told of unknown frames cannot count them.
  for (unsigned type = NGHTTP2_CONTINUATION + 1; type < 256; ++type) {
    nghttp2_option_set_user_recv_extension_type(given, static_cast<uint8_t>(type));
  }
  nghttp2_session* frames = nullptr;
  if (nghttp2_session_server_new2(&frames, made, &session, given) != 0) std::abort();
  return Frames(frames, nghttp2_session_del);
}

nghttp2_data_provider BodyOf(void* exchange) {
  nghttp2_data_provider provider{};
  provider.source.ptr = exchange;
  provider.read_callback = Callbacks::OnFill;
  return provider;
}

}  // namespace ordinal::http::http2
