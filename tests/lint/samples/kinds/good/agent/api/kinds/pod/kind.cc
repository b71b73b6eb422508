const char* kKind = "Pod";
