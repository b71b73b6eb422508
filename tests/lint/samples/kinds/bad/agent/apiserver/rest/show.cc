bool IsPod(const char* kind) { return kind == "Pod"; }  // expect: names the kind "Pod": what is known of it belongs to agent/api/kinds/pod/
