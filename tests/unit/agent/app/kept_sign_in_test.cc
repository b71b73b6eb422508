// The file of --authentication-config counts as it is now; a bad one changes nothing, and is no beginning.
#include "agent/app/kept_sign_in.h"

#include <gtest/gtest.h>

#include <memory>

#include "agent/base/whole_file.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

constexpr char kHead[] = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n";

class KeptSignInTest : public ::testing::Test {
 protected:
  ~KeptSignInTest() override {
    kept_.reset();
    RunUntil(io_, [] { return true; });
  }
  Status Start(const std::string& path) {
    kept_ = std::make_unique<KeptSignIn>(io_.get_executor(), clock_, path, "https://own");
    return kept_->Start();
  }
  void Write(const std::string& text) { ASSERT_TRUE(WriteWhole(path_, kHead + text).ok()); }
  bool Anonymous(const char* path) { return kept_->sign_in().AdmitsAnonymous(path); }

  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
  fakes::ScratchDirectory directory_;
  const std::string path_ = directory_ / "authentication.yaml";
  std::unique_ptr<KeptSignIn> kept_;
};

TEST_F(KeptSignInTest, FollowsTheFile) {
  Write("anonymous: {enabled: false}\n");
  ASSERT_TRUE(Start(path_).ok());
  EXPECT_FALSE(Anonymous("/a"));
  Spawn(io_.get_executor(), "sign in", kept_->Run());
  Write("anonymous: {enabled: true, conditions: [{path: /a}]}\n");
  EXPECT_TRUE(RunUntil(io_, [&] { return Anonymous("/a"); }));
  Write("anonymous: {enabled: maybe}\n");
  Write("jwt: [{issuer: {url: x}}]\n");
  Write("anonymous: {enabled: true, conditions: [{path: /a}, {path: /b}]}\n");
  EXPECT_TRUE(RunUntil(io_, [&] { return Anonymous("/b"); }));
  EXPECT_TRUE(Anonymous("/a"));
  EXPECT_FALSE(Anonymous("/c"));
}

TEST_F(KeptSignInTest, ABadOneLeavesWhatWas) {
  Write("anonymous: {enabled: false}\n");
  ASSERT_TRUE(Start(path_).ok());
  Write("anonymous: {enabled: true}\njwt: [{claimMappings: {username: {expression: claims.sub}}}]\n");
  Spawn(io_.get_executor(), "sign in", kept_->Run());
  RunReady(io_);
  EXPECT_FALSE(Anonymous("/a"));
}

TEST_F(KeptSignInTest, WhatIsNoBeginning) {
  EXPECT_EQ(Start(path_).error().message, "--authentication-config: the file is not there");
  Write("jwt: [{userValidationRules: [{expression: 'true'}]}]\n");
  const Status started = Start(path_);
  ASSERT_FALSE(started.ok());
  EXPECT_NE(started.error().message.find("jwt[0].userValidationRules[0].expression: expressions of CEL"),
            std::string::npos)
      << started.error().message;
  EXPECT_FALSE(Start(directory_.path()).ok());
  ASSERT_TRUE(Start("").ok()) << "without a file everything is as it was";
  EXPECT_TRUE(Anonymous("/a"));
}

}  // namespace
}  // namespace ordinal
