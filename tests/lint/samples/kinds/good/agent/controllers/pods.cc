bool IsPod(const char* kind) { return kind == "Pod"; }
