int  Odd( ) { return 1; }  // expect: clang-format
