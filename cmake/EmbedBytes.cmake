# cmake -DINPUT=<file> -DOUTPUT=<file> -P EmbedBytes.cmake: the file's bytes as "0x7f,0x45,…", to be #included.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "((0x..,){20})" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "${bytes}\n")
