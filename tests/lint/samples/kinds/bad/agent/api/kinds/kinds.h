#pragma once
#define ORDINAL_KINDS(KIND) \
  KIND(Pod)               \
  KIND(Service)
