// We never throw here, nor sleep_for a while: comments and texts may say so.
const char* kText = "throw";
int grandmother = 1;
