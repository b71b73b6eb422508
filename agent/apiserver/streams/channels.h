// ChannelBridge: exec and attach over WebSocket with v5.channel.k8s.io (k8s.io/apimachinery/pkg/util/remotecommand).
// The first byte of each message names its channel:
//
//   0 stdin   1 stdout   2 stderr   3 the end, a Status   4 sizes of the terminal   255 "this one ends": [255, channel]
//
// Each is a stream of the SPDY connection to the runtime, whose header streamType names it. A message of channel 255
// half-closes it, which is what v4 has not: `kubectl exec -i … < file` ends by it.
#pragma once

#include <map>
#include <string>

#include "agent/apiserver/streams/bridge.h"
#include "agent/apiserver/streams/spdy.h"

namespace ordinal::apiserver::streams {

inline constexpr char kV5[] = "v5.channel.k8s.io";

/// Which of the channels there are; the runtime was told the same.
struct Channels {
  bool in = false, out = false, err = false, tty = false;
};

class ChannelBridge final : public Bridge {
 public:
  ChannelBridge(std::string url, Channels channels);

 private:
  Task<Status> Begin() override;
  Task<Status> FromClient(http::WebSocket::Piece piece) override;
  Task<Status> FromRuntime(std::string_view bytes) override;
  void Release() override;
  Task<void> End() override;

  Task<Status> Take(SpdyEvent event);
  Task<Status> Greet();
  Task<Status> CloseStream(char channel);
  bool AllReplied() const { return replied_ >= channel_of_.size(); }

  const Channels channels_;
  SpdyWriter writer_;
  SpdyReader reader_;
  std::map<char, uint32_t> streams_;  ///< by channel
  std::map<uint32_t, char> channel_of_;
  size_t replied_ = 0;  ///< streams that the runtime has taken; before that it drops what comes in them
  std::optional<Signal> all_replied_;
  char channel_ = 0;       ///< of the message that is being read
  bool named_ = false;     ///< it is known
  bool told_end_ = false;  ///< the client knows how it ended
};

}  // namespace ordinal::apiserver::streams
