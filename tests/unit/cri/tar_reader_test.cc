#include "cri/images/tar_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "cri/images/tar_writer.h"
#include "tests/fakes/image_tarball.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::cri {
namespace {

using fakes::Gzip;
using fakes::ScratchDirectory;
using ::testing::HasSubstr;

constexpr size_t kBlock = 512;

/// Bytes in memory, handed out in small pieces' worth.
class Bytes final : public ByteSource {
 public:
  explicit Bytes(std::string content) : content_(std::move(content)) {}
  Result<size_t> Read(std::span<char> buffer) override {
    const size_t n = std::min(buffer.size(), content_.size() - at_);
    std::memcpy(buffer.data(), content_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  std::string content_;
  size_t at_ = 0;
};

struct Read {
  std::vector<std::pair<std::string, std::string>> files;  // name, content
  std::vector<std::pair<std::string, std::string>> links;  // name, target
};

Result<Read> ReadAll(ByteSource& source) {
  TarReader reader(source);
  Read read;
  for (;;) {
    TRY(const auto entry, reader.Next());
    if (!entry) return read;
    if (entry->type == TarEntry::Type::kSymlink) read.links.emplace_back(entry->name, entry->link);
    if (entry->type != TarEntry::Type::kFile) continue;
    std::string content;
    std::vector<char> buffer(100);
    for (;;) {
      TRY(const size_t got, reader.Read(buffer));
      if (got == 0) break;
      content.append(buffer.data(), got);
    }
    read.files.emplace_back(entry->name, content);
  }
}

Result<Read> ReadAll(const std::string& tar) {
  Bytes bytes(tar);
  return ReadAll(bytes);
}

void FixChecksum(std::string& tar, size_t at = 0) {
  std::memset(tar.data() + at + 148, ' ', 8);
  unsigned sum = 0;
  for (size_t i = 0; i < kBlock; ++i) sum += static_cast<unsigned char>(tar[at + i]);
  std::snprintf(tar.data() + at + 148, 8, "%06o", sum);
}

std::string OneFile(const std::string& name, const std::string& content, char type = '0') {
  TarWriter writer;
  writer.AddFile(name, content);
  std::string tar = writer.Finish();
  tar.resize(tar.size() - 2 * kBlock);
  tar[156] = type;
  FixChecksum(tar);
  return tar;
}

const std::string kEnd(2 * kBlock, '\0');

TEST(TarReader, ReadsWhatTarWriterWrote) {
  TarWriter writer;
  writer.AddDirectory("blobs");
  writer.AddFile("./blobs/a", "hello");
  writer.AddFile("empty", "");
  writer.AddFile("block", std::string(kBlock, 'x'));
  writer.AddSymlink("link", "../a");
  const auto read = ReadAll(writer.Finish());
  ASSERT_TRUE(read.ok()) << read.error().message;
  const std::vector<std::pair<std::string, std::string>> files{
      {"blobs/a", "hello"}, {"empty", ""}, {"block", std::string(kBlock, 'x')}};
  EXPECT_EQ(read->files, files);
  EXPECT_EQ(read->links.at(0).second, "../a");
}

TEST(TarReader, ReadsLongNamesAndSizesOfGnuAndPax) {
  const std::string name(150, 'n');
  const std::string pax_path = "path=" + name + "\n";
  const std::string record = std::to_string(pax_path.size() + 4) + " " + pax_path;
  std::string base256 = OneFile("x", "hello");
  std::memset(base256.data() + 124, 0, 12);
  base256[124] = static_cast<char>(0x80);
  base256[135] = 5;
  FixChecksum(base256);
  std::string prefixed = OneFile("tail", "hello");
  std::memcpy(prefixed.data() + 345, "some/dir", 8);
  FixChecksum(prefixed);
  const struct {
    const char* what;
    std::string tar, name;
  } kCases[] = {
      {"GNU long name", OneFile("././@LongLink", name + '\0', 'L') + OneFile("cut", "hello") + kEnd, name},
      {"pax path", OneFile("PaxHeader/x", record, 'x') + OneFile("cut", "hello") + kEnd, name},
      {"pax size wins", OneFile("PaxHeader/x", "10 size=5\n", 'x') + OneFile("x", "hello") + kEnd, "x"},
      {"base-256 size", base256 + kEnd, "x"},
      {"ustar prefix", prefixed + kEnd, "some/dir/tail"},
      {"global pax header", OneFile("g", "10 a=bcde\n", 'g') + OneFile("x", "hello") + kEnd, "x"},
      {"no closing blocks", OneFile("x", "hello"), "x"},
  };
  for (const auto& [what, tar, wanted] : kCases) {
    const auto read = ReadAll(tar);
    ASSERT_TRUE(read.ok()) << what << ": " << read.error().message;
    ASSERT_EQ(read->files.size(), 1U) << what;
    EXPECT_EQ(read->files[0].first, wanted) << what;
    EXPECT_EQ(read->files[0].second, "hello") << what;
  }
}

TEST(TarReader, SaysWhatIsWrong) {
  std::string checksum = OneFile("x", "hello") + OneFile("y", "hello") + kEnd;
  checksum[2 * kBlock] ^= 1;
  std::string huge = OneFile("x", "hello");
  std::memcpy(huge.data() + 124, "\x80\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12);
  FixChecksum(huge);
  std::string octal = OneFile("x", "hello");
  std::memcpy(octal.data() + 124, "9999999", 7);
  FixChecksum(octal);
  const struct {
    const char* what;
    std::string tar, says;
  } kCases[] = {
      {"text", "this is not a tar file at all", "not a tar file"},
      {"empty", "", "not a tar file"},
      {"random block", std::string(kBlock, 'r'), "not a tar file"},
      {"checksum", checksum, "checksum"},
      {"cut off in a file", OneFile("x", std::string(2000, 'c')).substr(0, 1500), "cut off"},
      {"cut off in a header", OneFile("x", "hello") + OneFile("y", "").substr(0, 100), "ends inside a header"},
      {"impossible size", huge + kEnd, "number"},
      {"not octal", octal + kEnd, "octal"},
      {"pax garbage", OneFile("p", "99 path=x\n", 'x') + OneFile("x", "hello") + kEnd, "pax header"},
      {"pax without end", OneFile("p", "7 a=bcd", 'x') + OneFile("x", "hello") + kEnd, "pax header"},
      {"sparse", OneFile("x", "hello", 'S') + kEnd, "sparse"},
  };
  for (const auto& [what, tar, says] : kCases) {
    const auto read = ReadAll(tar);
    ASSERT_FALSE(read.ok()) << what;
    EXPECT_THAT(read.error().message, HasSubstr(says)) << what;
  }
}

TEST(OpenBytes, DecompressesGzipWhateverTheName) {
  ScratchDirectory scratch;
  const std::string tar = OneFile("x", std::string(100'000, 'z')) + kEnd;
  const std::string zipped = Gzip(tar);
  const struct {
    const char* what;
    std::string content;
    const char* says;  // nullptr: readable
  } kCases[] = {
      {"plain", tar, nullptr},
      {"gzip", zipped, nullptr},
      {"two members", Gzip(tar.substr(0, 700)) + Gzip(tar.substr(700)), nullptr},
      {"padding after it", zipped + std::string(1000, '\0'), nullptr},
      {"cut off", zipped.substr(0, zipped.size() / 2), "cut off"},
      {"damaged", zipped.substr(0, 30) + "????????" + zipped.substr(38), "damaged"},
  };
  for (const auto& [what, content, says] : kCases) {
    const std::string path = scratch / "image.tar";
    fakes::WriteFile(path, content);
    auto bytes = OpenBytes(path);
    ASSERT_TRUE(bytes.ok()) << what;
    const auto read = ReadAll(**bytes);
    EXPECT_EQ(read.ok(), says == nullptr) << what << (read.ok() ? "" : ": " + read.error().message);
    if (says != nullptr && !read.ok()) {
      EXPECT_THAT(read.error().message, HasSubstr(says)) << what;
    }
    if (says == nullptr && read.ok()) {
      EXPECT_EQ(read->files.at(0).second.size(), 100'000U) << what;
    }
  }
}

TEST(OpenBytes, NamesAFileThatIsNotThere) {
  const auto bytes = OpenBytes("/nowhere/image.tar");
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(bytes.error().message, HasSubstr("/nowhere/image.tar"));
}

}  // namespace
}  // namespace ordinal::cri
