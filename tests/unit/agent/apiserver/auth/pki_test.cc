#include "agent/apiserver/auth/pki.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "agent/apiserver/auth/authenticator.h"
#include "agent/apiserver/auth/kubeconfig.h"
#include "agent/base/private_file.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::apiserver::auth {
namespace {

namespace fs = std::filesystem;

unsigned ModeOf(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777 : 0;
}

class PkiTest : public ::testing::Test {
 protected:
  PkiTest() { settings_ = {state_ / "pki", state_ / "admin.kubeconfig", "n1", {"127.0.0.1:6443"}, {"10.96.0.1"}}; }

  Pki Ensure() {
    auto pki = EnsurePki(settings_, clock_, random_);
    EXPECT_TRUE(pki.ok()) << pki.error().message;
    return pki.ok() ? std::move(*pki) : Pki();
  }
  std::vector<Token> Tokens() {
    EXPECT_TRUE(MakeTokenFile(settings_.directory, random_).ok());
    auto tokens = ParseTokens(ReadPrivateFile(File(kTokenFile)).value().value_or("none"));
    return tokens.ok() ? std::move(*tokens) : std::vector<Token>();
  }
  std::string File(const std::string& name) const { return state_ / ("pki/" + name); }

  fakes::ScratchDirectory state_;
  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  PkiSettings settings_;
};

TEST_F(PkiTest, KeepsSecretsToItsOwner) {
  const mode_t before = umask(0);
  const Pki pki = Ensure();
  Tokens();
  ASSERT_TRUE(WriteAdminKubeconfig(settings_, pki, "https://127.0.0.1:6443").ok());
  umask(before);
  EXPECT_EQ(ModeOf(state_ / "pki"), 0700u);
  EXPECT_EQ(ModeOf(state_ / "admin.kubeconfig"), 0600u);
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(state_ / "pki")) {
    EXPECT_EQ(ModeOf(entry.path()), 0600u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 11u);  // five pairs and the tokens; no drafts
}

TEST_F(PkiTest, TheNodesOwnApiHasACertificateOfItsAddresses) {
  EXPECT_EQ(Ensure().node_api.certificate, "") << "nobody asks for one";
  settings_.node_addresses = {"192.0.2.7", "0.0.0.0"};
  const Pki pki = Ensure();
  ASSERT_TRUE(Belongs(pki.node_api, pki.ca.certificate));
  const auto facts = ReadCertificate(pki.node_api.certificate);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->common_name, "system:node:n1");
  EXPECT_EQ(facts->names, Normalized({"localhost", "127.0.0.1", "::1", "n1", "192.0.2.7"}));
  EXPECT_EQ(Ensure().node_api.certificate, pki.node_api.certificate) << "and keeps it";
  settings_.node_addresses = {"192.0.2.8"};
  EXPECT_NE(Ensure().node_api.certificate, pki.node_api.certificate) << "it has another address";
}

TEST_F(PkiTest, ThatOfTheNodesOwnApiKeepsNobodyFromStarting) {
  settings_.node_addresses = {"192.0.2.7"};
  fs::create_directories(File("node-api.key/in-the-way"));
  const Pki pki = Ensure();
  EXPECT_TRUE(Belongs(pki.server, pki.ca.certificate));
  EXPECT_TRUE(Belongs(pki.node_api, pki.ca.certificate)) << "of this process alone";
  fs::remove_all(File("node-api.key"));
  EXPECT_EQ(Ensure().node_api.certificate, Ensure().node_api.certificate) << "and kept as soon as it can be";
}

TEST_F(PkiTest, TakesAwayRightsThatSomebodyGave) {
  Ensure();
  ASSERT_EQ(::chmod(File("ca.key").c_str(), 0644), 0);
  ASSERT_EQ(::chmod((state_ / "pki").c_str(), 0755), 0);
  Ensure();
  EXPECT_EQ(ModeOf(File("ca.key")), 0600u);
  EXPECT_EQ(ModeOf(state_ / "pki"), 0700u);
}

TEST_F(PkiTest, IssuesForTheNamesAServerHas) {
  settings_.listen = {"192.0.2.7:6443", "0.0.0.0:6443", "[2001:db8::0:1]:6443"};
  const auto facts = ReadCertificate(Ensure().server.certificate);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->names,
            (AltNames{"10.96.0.1", "127.0.0.1", "192.0.2.7", "2001:db8::1", "::1", "kubernetes", "kubernetes.default",
                      "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost", "n1"}));
}

TEST_F(PkiTest, KeepsWhatItHas) {
  const Pki first = Ensure();
  clock_.Advance(std::chrono::hours(24 * 300));
  const Pki second = Ensure();
  EXPECT_EQ(first.ca.certificate, second.ca.certificate);
  EXPECT_EQ(first.server.certificate, second.server.certificate);
  EXPECT_EQ(first.admin.key, second.admin.key);
  const auto ca = ReadCertificate(first.ca.certificate);
  EXPECT_EQ(ca->not_after - ca->not_before - std::chrono::hours(24), std::chrono::hours(24 * 3650));
}

TEST_F(PkiTest, RenewsBeforeTheEndAndWhenNamesChange) {
  const Pki first = Ensure();
  settings_.listen = {"192.0.2.7:6443"};
  const Pki moved = Ensure();
  EXPECT_NE(moved.server.certificate, first.server.certificate);
  EXPECT_EQ(moved.admin.certificate, first.admin.certificate);
  settings_.node_name = "n2";
  EXPECT_NE(Ensure().node.certificate, first.node.certificate);
  clock_.Advance(std::chrono::hours(24 * 340));
  const Pki later = Ensure();
  EXPECT_NE(later.admin.certificate, first.admin.certificate);
  EXPECT_NE(later.server.certificate, moved.server.certificate);
  EXPECT_EQ(later.ca.certificate, first.ca.certificate);
}

TEST_F(PkiTest, MakesAgainWhatIsDamaged) {
  const Pki first = Ensure();
  fakes::WriteFile(File("admin.crt"), "no certificate");
  fs::copy_file(File("view.key"), File("server.key"), fs::copy_options::overwrite_existing);
  fs::remove(File("node.key"));
  const Pki second = Ensure();
  for (const KeyPair* pair : {&second.admin, &second.server, &second.node}) {
    EXPECT_TRUE(Belongs(*pair, second.ca.certificate));
  }
  EXPECT_EQ(second.view.certificate, first.view.certificate);
}

TEST_F(PkiTest, NeverReplacesACaByItself) {
  Ensure();
  fs::remove(File("ca.key"));
  const auto refused = EnsurePki(settings_, clock_, random_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_NE(refused.error().message.find("ca.key"), std::string::npos);
}

TEST_F(PkiTest, FinishesAFirstStartThatWasCutOff) {
  Ensure();
  fs::remove(File("ca.crt"));
  EXPECT_TRUE(EnsurePki(settings_, clock_, random_).ok());
}

TEST_F(PkiTest, TheTokenFileIsMadeAtAStartAndStopsNoRenewal) {
  Ensure();
  EXPECT_FALSE(fs::exists(File(kTokenFile))) << "renewals make none";
  const std::string made = Tokens().at(0).token;
  EXPECT_EQ(Tokens().at(0).token, made);
  fakes::WriteFile(File(kTokenFile), "broken");
  EXPECT_TRUE(EnsurePki(settings_, clock_, random_).ok());
  EXPECT_TRUE(MakeTokenFile(settings_.directory, random_).ok());
  EXPECT_EQ(ReadPrivateFile(File(kTokenFile)).value(), "broken");
}

TEST_F(PkiTest, GivesTokensForAdminAndView) {
  Ensure();
  const std::vector<Token> tokens = Tokens();
  const Authenticator authenticator(tokens, clock_);
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(authenticator({.bearer = tokens[0].token})->groups,
            (std::vector<std::string>{"system:masters", "system:authenticated"}));
  EXPECT_EQ(authenticator({.bearer = tokens[1].token})->groups,
            (std::vector<std::string>{"ordinal:view", "system:authenticated"}));
  EXPECT_EQ(tokens[0].token.size(), 64u);
  EXPECT_NE(tokens[0].token, tokens[1].token);
}

TEST_F(PkiTest, IsReadByOthersOnceItIsThere) {
  const auto early = LoadPki(state_ / "pki");
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code, ErrorCode::kNotFound);
  const Pki made = Ensure();
  const auto loaded = LoadPki(state_ / "pki");
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(Kubeconfig(*loaded, "view", "https://x").value(), Kubeconfig(made, "view", "https://x").value());
}

TEST_F(PkiTest, WritesAKubeconfigForEachRole) {
  const Pki pki = Ensure();
  for (const char* role : {"admin", "view", "node"}) {
    const auto text = Kubeconfig(pki, role, "https://127.0.0.1:6443");
    ASSERT_TRUE(text.ok());
    EXPECT_NE(text->find("    server: https://127.0.0.1:6443\n"), std::string::npos);
    EXPECT_NE(text->find(std::string("current-context: ") + role + "@ordinal\n"), std::string::npos);
  }
  EXPECT_FALSE(Kubeconfig(pki, "root", "https://127.0.0.1:6443").ok());
}

TEST(ServerUrl, IsAnAddressOneCanReach) {
  EXPECT_EQ(ServerUrl("127.0.0.1:6443"), "https://127.0.0.1:6443");
  EXPECT_EQ(ServerUrl("0.0.0.0:7443"), "https://127.0.0.1:7443");
  EXPECT_EQ(ServerUrl("[::]:6443"), "https://[::1]:6443");
  EXPECT_EQ(ServerUrl("[2001:db8::1]:6443"), "https://[2001:db8::1]:6443");
}

}  // namespace
}  // namespace ordinal::apiserver::auth
