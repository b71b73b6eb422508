#pragma once
#define ORDINAL_KINDS(KIND) \
  KIND(pod)               \
  KIND(config_map)
