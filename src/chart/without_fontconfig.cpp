// cairo's static library names fontconfig where it looks for a font of the system by its name. Nothing here
// does that: text is drawn as outlines. These stand-ins, which nothing calls, spare the binary fontconfig and
// expat (400 kB) and make sure that no file of the system is ever read for a picture. Were one called, cairo
// would report that memory is short.
#ifdef MCP_PVE_STATIC

#include <fontconfig/fontconfig.h>
// Does not include what it needs.
#include <fontconfig/fcfreetype.h>

extern "C" {

FcBool FcInitBringUptoDate() { return FcFalse; }
FcConfig* FcConfigGetCurrent() { return nullptr; }
FcBool FcConfigSubstitute(FcConfig*, FcPattern*, FcMatchKind) { return FcFalse; }
void FcDefaultSubstitute(FcPattern*) {}
FcPattern* FcFontMatch(FcConfig*, FcPattern*, FcResult*) { return nullptr; }
FT_UInt FcFreeTypeCharIndex(FT_Face, FcChar32) { return 0; }
FcPattern* FcPatternCreate() { return nullptr; }
FcPattern* FcPatternDuplicate(const FcPattern*) { return nullptr; }
void FcPatternDestroy(FcPattern*) {}
FcBool FcPatternAddInteger(FcPattern*, const char*, int) { return FcFalse; }
FcBool FcPatternAddDouble(FcPattern*, const char*, double) { return FcFalse; }
FcBool FcPatternAddString(FcPattern*, const char*, const FcChar8*) { return FcFalse; }
FcBool FcPatternAddBool(FcPattern*, const char*, FcBool) { return FcFalse; }
FcBool FcPatternDel(FcPattern*, const char*) { return FcFalse; }
FcResult FcPatternGet(const FcPattern*, const char*, int, FcValue*) { return FcResultNoMatch; }
FcResult FcPatternGetInteger(const FcPattern*, const char*, int, int*) { return FcResultNoMatch; }
FcResult FcPatternGetString(const FcPattern*, const char*, int, FcChar8**) { return FcResultNoMatch; }
FcResult FcPatternGetBool(const FcPattern*, const char*, int, FcBool*) { return FcResultNoMatch; }
FcResult FcPatternGetFTFace(const FcPattern*, const char*, int, FT_Face*) { return FcResultNoMatch; }
}

#endif
