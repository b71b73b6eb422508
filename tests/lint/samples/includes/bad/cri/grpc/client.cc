#include <string>

#include "cri/proto/cri.pb.h"
#include "cri/runtime.h"
