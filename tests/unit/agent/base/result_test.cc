#include "agent/base/result.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace ordinal {
namespace {

TEST(ErrnoError, NamesWhatFailedAsTextThatCanBeStored) {
  const Error error = ErrnoError("remove /data/na\xFFme", ENOENT);
  EXPECT_EQ(error.message, "remove /data/na\xEF\xBF\xBDme: No such file or directory");
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace ordinal
