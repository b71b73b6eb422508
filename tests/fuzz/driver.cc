// Runs a fuzzer without libFuzzer: every kept input, then changed copies of them. The same seed and number give the
// same inputs. An input that ends the process is found by running again with --save, which writes each input to a file
// before it is tried.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kMostBytes = 16 * 1024;

struct Options {
  std::vector<std::string> paths;
  uint64_t inputs = 1000;
  uint64_t seed = 1;
  std::string save;
};

class Mutator {
 public:
  Mutator(std::vector<std::string> kept, uint64_t seed) : kept_(std::move(kept)), random_(seed) {}

  std::string Next() {
    std::string text = Any();
    for (size_t changes = 1 + Below(6); changes > 0; --changes) Change(text);
    text.resize(std::min(text.size(), kMostBytes));
    return text;
  }

 private:
  size_t Below(size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  const std::string& Any() { return kept_[Below(kept_.size())]; }

  /// A piece of a kept input: a word, or a few bytes.
  std::string Piece() {
    const std::string& from = Any();
    const size_t start = Below(from.size());
    if (Below(2) == 0) return from.substr(start, 1 + Below(24));
    const size_t end = from.find_first_of(" \n\",:{}[]", start + 1);
    return from.substr(start, end == std::string::npos ? end : end - start);
  }

  std::string Odd() {
    static const char* const odd[] = {"null",    "-1",   "1e999",  "\"\"", "[]", "{}", "9223372036854775808",
                                      "\\ud800", "\xff", "$patch", "~",    "-",  "0",  "&a ",
                                      "*a",      "<<: ", "\t",     "%00",  "!",  "=",  "(",
                                      ")",       ","};
    return odd[Below(std::size(odd))];
  }

  void Change(std::string& text) {
    const size_t at = Below(text.size() + 1);
    const size_t length = std::min(Below(12) + 1, text.size() - at);
    switch (Below(8)) {
      case 0: text.insert(at, Piece()); return;
      case 1: text.insert(at, Odd()); return;
      case 2: text.erase(at, length); return;
      case 3: text.replace(at, length, Piece()); return;
      case 4: text.replace(at, length, Odd()); return;
      case 5: text.insert(at, text.substr(Below(text.size()), Below(200))); return;
      case 6: text.insert(at, std::string(1 + Below(100), at < text.size() ? text[at] : '[')); return;
      default:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << Below(8)));
    }
  }

  std::vector<std::string> kept_;
  std::mt19937_64 random_;
};

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Sorted, so that the directory's order does not decide about the inputs.
std::vector<std::string> ReadCorpus(const std::vector<std::string>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> kept;
  for (const auto& file : files) kept.push_back(Read(file));
  return kept;
}

Options ReadOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--inputs" && more) {
      options.inputs = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--seed" && more) {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--save" && more) {
      options.save = argv[++i];
    } else {
      options.paths.push_back(word);
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = ReadOptions(argc, argv);
  std::vector<std::string> kept = ReadCorpus(options.paths);
  if (kept.empty()) {
    std::cerr << "usage: " << argv[0] << " CORPUS… [--inputs N] [--seed N] [--save FILE]\n";
    return 2;
  }
  const auto run = [&](const std::string& text) {
    if (!options.save.empty()) std::ofstream(options.save, std::ios::binary) << text;
    // A copy of its own size, so that one byte beyond it is seen.
    const std::vector<uint8_t> data(text.begin(), text.end());
    LLVMFuzzerTestOneInput(data.data(), data.size());
  };
  for (const auto& text : kept) run(text);
  Mutator mutator(kept, options.seed);
  for (uint64_t i = 0; i < options.inputs; ++i) run(mutator.Next());
  std::cout << kept.size() << " kept and " << options.inputs << " changed inputs\n";
  return 0;
}
