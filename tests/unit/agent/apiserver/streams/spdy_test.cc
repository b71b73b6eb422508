#include "agent/apiserver/streams/spdy.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace ordinal::apiserver::streams {
namespace {

using Kind = SpdyEvent::Kind;
using namespace std::string_literals;

std::string Inflated(z_stream& zlib, std::string packed) {
  std::string plain(4096, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(packed.data());
  zlib.avail_in = static_cast<uInt>(packed.size());
  zlib.next_out = reinterpret_cast<Bytef*>(plain.data());
  zlib.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&zlib, Z_SYNC_FLUSH), Z_OK);
  plain.resize(plain.size() - zlib.avail_out);
  return plain;
}

TEST(SpdyWriter, WritesFrames) {
  EXPECT_EQ(SpdyWriter::Data(3, "ab", false), "\0\0\0\3\0\0\0\2ab"s);
  EXPECT_EQ(SpdyWriter::Data(0x01020304, "", true), "\1\2\3\4\1\0\0\0"s);
  EXPECT_EQ(SpdyWriter::Ping(7), "\x80\3\0\6\0\0\0\4\0\0\0\7"s);
}

TEST(SpdyWriter, CompressesTheHeadersOfAllStreamsInOne) {
  SpdyWriter writer;
  z_stream zlib{};
  ASSERT_EQ(inflateInit(&zlib), Z_OK);
  for (const uint32_t stream : {1u, 3u, 5u}) {
    const std::string frame = writer.Open(stream, {{"streamtype", "stdin"}});
    EXPECT_EQ(frame.substr(0, 5), "\x80\3\0\1\0"s);
    EXPECT_EQ(static_cast<unsigned char>(frame[7]), frame.size() - 8);
    EXPECT_EQ(frame.substr(8, 10), "\0\0\0"s + static_cast<char>(stream) + "\0\0\0\0\0\0"s);
    EXPECT_EQ(Inflated(zlib, frame.substr(18)), "\0\0\0\1\0\0\0\12streamtype\0\0\0\5stdin"s);
  }
  inflateEnd(&zlib);
}

std::string Shown(const std::vector<SpdyEvent>& events) {
  std::string text;
  for (const SpdyEvent& event : events) {
    text += "RDXPG"[static_cast<int>(event.kind)] + std::to_string(event.stream) + event.bytes;
    text += event.last ? "! " : " ";
  }
  return text;
}

TEST(SpdyReader, ReadsFramesHoweverTheyAreCut) {
  const std::string all =
      "\x80\3\0\2\0\0\0\6\0\0\0\1zz"s         // a reply, its headers are not read
      "\0\0\0\5\0\0\0\3abc"s                  // data
      "\x80\3\0\4\0\0\0\4zzzz"s               // settings
      "\0\0\0\5\1\0\0\0"s                     // the end of stream 5
      "\x80\3\0\6\0\0\0\4\0\0\1\0"s           // a ping
      "\x80\3\0\3\0\0\0\10\0\0\0\7\0\0\0\5"s  // stream 7 is reset
      "\x80\3\0\7\0\0\0\10\0\0\0\0\0\0\0\0"s  // goodbye
      "\0\0\0\7\1\0\0\1z"s;
  SpdyReader whole;
  const auto events = whole.Read(all);
  ASSERT_TRUE(events.ok());
  EXPECT_EQ(Shown(*events), "R1 D5abc D5! P256 X7! G0 D7z! ");
  for (size_t cut = 1; cut < all.size(); ++cut) {
    SpdyReader reader;
    auto read = reader.Read(std::string_view(all).substr(0, cut));
    const auto rest = reader.Read(std::string_view(all).substr(cut));
    ASSERT_TRUE(read.ok() && rest.ok());
    read->insert(read->end(), rest->begin(), rest->end());
    std::string text;
    for (const SpdyEvent& event : *read) {
      text += event.kind == Kind::kData ? event.bytes + (event.last ? "!" : "") : Shown({event});
    }
    EXPECT_EQ(text, "R1 abc!P256 X7! G0 z!") << cut;
  }
}

TEST(SpdyReader, RefusesWhatIsNoSpdy) {
  for (const std::string& bytes : {"\x80\2\0\2\0\0\0\4"s, "\x80\3\0\2\0\1\0\1"s, "\xff\xff\xff\xff\xff\xff\xff\xff"s}) {
    SpdyReader reader;
    EXPECT_FALSE(reader.Read(bytes).ok());
  }
}

}  // namespace
}  // namespace ordinal::apiserver::streams
