// The images of an update are pulled as its pods will pull them.
#include "agent/app/update_images.h"

#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"

namespace ordinal {
namespace {

using api::Json;
using controllers::statefulset::ImageState;
using Phase = ImageState::Phase;

class UpdateImagesTest : public ::testing::Test {
 protected:
  UpdateImagesTest() { runtime_.AddPrivateImage("registry.test/app:1", {{"reader", "right"}}); }

  void Create(Json body, const std::string& kind, const std::string& name) {
    body.update({{"apiVersion", "v1"}, {"kind", kind}, {"metadata", {{"namespace", "shop"}, {"name", name}}}});
    const auto made = RunTask(io_, objects_.Create(std::move(body)));
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  void CreateSecret(const std::string& name) {
    const Json config = {{"auths", {{"registry.test", {{"username", "reader"}, {"password", "right"}}}}}};
    Create({{"data", {{".dockerconfigjson", api::EncodeBase64(config.dump())}}}}, "Secret", name);
  }
  /// Once its pull has ended.
  ImageState Look(Json spec) {
    spec["containers"] = {{{"name", "main"}, {"image", "registry.test/app:1"}, {"imagePullPolicy", "IfNotPresent"}}};
    ImageState state;
    for (int look = 0; look < 2; ++look) {
      state = RunTask(io_, ensure_("shop", spec, [] {}));
      RunReady(io_);
    }
    return state;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  fakes::FakeRuntime runtime_{clock_, io_.get_executor()};
  store::MemoryStore store_;
  SeededRandom random_{1};
  objects::LocalObjects objects_{store_, clock_, random_};
  podsync::Images images_{io_.get_executor(), clock_, runtime_, podsync::Images::Tarballs()};
  controllers::statefulset::EnsureImages ensure_ = UpdateImages(images_, objects_, clock_);
};

TEST_F(UpdateImagesTest, WithTheSecretsOfTheTemplate) {
  CreateSecret("keys");
  EXPECT_EQ(Look({{"imagePullSecrets", {{{"name", "none"}}, {{"name", "keys"}}}}}).phase, Phase::kReady);
}

TEST_F(UpdateImagesTest, ElseWithThoseOfItsServiceAccount) {
  CreateSecret("keys");
  Create({{"imagePullSecrets", {{{"name", "keys"}}}}}, "ServiceAccount", "seller");
  EXPECT_EQ(Look({{"serviceAccountName", "seller"}}).phase, Phase::kReady);
}

TEST_F(UpdateImagesTest, WithoutAnyItSaysWhyNot) {
  CreateSecret("keys");  // which nobody named
  const ImageState state = Look(Json::object());
  EXPECT_EQ(state.phase, Phase::kFailed);
  EXPECT_EQ(state.reason, "ErrImagePull");
  EXPECT_TRUE(state.look_again);
}

TEST_F(UpdateImagesTest, ASecretThatIsMadeLaterIsSeenByTheNextLook) {
  const Json spec = {{"imagePullSecrets", {{{"name", "keys"}}}}};
  EXPECT_EQ(Look(spec).phase, Phase::kFailed);
  CreateSecret("keys");
  EXPECT_EQ(Look(spec).phase, Phase::kReady);
}

}  // namespace
}  // namespace ordinal
