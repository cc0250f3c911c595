#pragma once

// The functions of libexpat that CPython hands out as the capsule "pyexpat.expat_CAPI": the parser
// that Python's own XML modules use, as patched as they are. Declared after CPython's
// Include/pyexpat.h and libexpat's expat.h, which an installation need not have.
//
// A newer Python adds functions at the end; `size` tells how many there are.

extern "C" {

struct XML_ParserStruct;
using XML_Parser = XML_ParserStruct*;
struct XML_Encoding;

using XML_StartElementHandler = void (*)(void* data, const char* name, const char** attributes);
using XML_EndElementHandler = void (*)(void* data, const char* name);
using XML_CharacterDataHandler = void (*)(void* data, const char* text, int length);
using XML_DefaultHandler = void (*)(void* data, const char* text, int length);
using XML_StartDoctypeDeclHandler = void (*)(void* data, const char* name, const char* system_id,
                                             const char* public_id, int has_internal_subset);
using XML_UnknownEncodingHandler = int (*)(void* data, const char* name, XML_Encoding* encoding);
using XML_UnusedSetter = void (*)();

struct PyExpat_CAPI {
    const char* magic;
    int size;
    int major_version;
    int minor_version;
    int micro_version;
    const char* (*ErrorString)(int code);
    int (*GetErrorCode)(XML_Parser parser);
    unsigned long (*GetErrorColumnNumber)(XML_Parser parser);
    unsigned long (*GetErrorLineNumber)(XML_Parser parser);
    int (*Parse)(XML_Parser parser, const char* bytes, int length, int is_final);
    XML_Parser (*ParserCreate_MM)(const char* encoding, const void* memory_suite,
                                  const char* namespace_separator);
    void (*ParserFree)(XML_Parser parser);
    void (*SetCharacterDataHandler)(XML_Parser parser, XML_CharacterDataHandler handler);
    XML_UnusedSetter SetCommentHandler;
    void (*SetDefaultHandlerExpand)(XML_Parser parser, XML_DefaultHandler handler);
    void (*SetElementHandler)(XML_Parser parser, XML_StartElementHandler start,
                              XML_EndElementHandler end);
    XML_UnusedSetter SetNamespaceDeclHandler;
    XML_UnusedSetter SetProcessingInstructionHandler;
    void (*SetUnknownEncodingHandler)(XML_Parser parser, XML_UnknownEncodingHandler handler,
                                      void* data);
    void (*SetUserData)(XML_Parser parser, void* data);
    void (*SetStartDoctypeDeclHandler)(XML_Parser parser, XML_StartDoctypeDeclHandler handler);
    XML_UnusedSetter SetEncoding;
    XML_UnknownEncodingHandler DefaultUnknownEncodingHandler;
};

}  // extern "C"

namespace seawall::bindings {

inline constexpr const char* expat_capi_name = "pyexpat.expat_CAPI";
inline constexpr const char* expat_capi_magic = "pyexpat.expat_CAPI 1.1";

}  // namespace seawall::bindings
