void A() { usleep(1); }  // expect: sleeps
const char* kData = "/home/somebody/data";  // expect: somebody's own machine
