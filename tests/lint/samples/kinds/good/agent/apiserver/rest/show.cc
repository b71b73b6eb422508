const char* kShown = "Table";  // of "Pod"
