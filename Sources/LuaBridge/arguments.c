/* The checks of arguments that need no message: most calls of a host function pass them all here, in one step. */
#include "bridge.h"

static nj_object *live_object(lua_State *L, int index, int32_t class_id) {
  nj_object *object = nj_to_object(L, index);
  return object != NULL && object->class_id == class_id && object->object != NULL ? object : NULL;
}

static int is_integer(lua_State *L, int index, const nj_parameter *parameter) {
  if (lua_isinteger(L, index) && parameter->least == INT64_MIN && parameter->most == INT64_MAX) return 1;
  int is_whole = 1;
  lua_Integer value = lua_tointegerx(L, index, &is_whole);
  return is_whole && value >= parameter->least && value <= parameter->most && lua_type(L, index) == LUA_TNUMBER;
}

/* Whether a string is short enough and of ASCII alone; whether other bytes are UTF-8 takes a closer look. */
static int is_plain_name(lua_State *L, int index, lua_Unsigned most) {
  size_t length = 0;
  const unsigned char *bytes = (const unsigned char *)nj_to_string(L, index, &length);
  if (bytes == NULL || length > most) return 0;
  unsigned char all = 0;
  for (size_t i = 0; i < length; i++) all |= bytes[i];
  return all < 0x80;
}

static int fits(lua_State *L, int index, const nj_parameter *parameter) {
  if (parameter->kind == NJ_ARGUMENT_INTEGER && is_integer(L, index, parameter)) return 1;
  int type = lua_type(L, index);
  if (type <= LUA_TNIL) return parameter->is_optional;
  switch (parameter->kind) {
  case NJ_ARGUMENT_ANY: return 1;
  case NJ_ARGUMENT_BOOLEAN: return type == LUA_TBOOLEAN;
  case NJ_ARGUMENT_NUMBER: return type == LUA_TNUMBER;
  case NJ_ARGUMENT_STRING: return type == LUA_TSTRING;
  case NJ_ARGUMENT_NAME: return is_plain_name(L, index, (lua_Unsigned)parameter->most);
  case NJ_ARGUMENT_TABLE: return type == LUA_TTABLE;
  case NJ_ARGUMENT_OBJECT: return live_object(L, index, parameter->class_id) != NULL;
  case NJ_ARGUMENT_OPERAND: return type == LUA_TNUMBER || live_object(L, index, parameter->class_id) != NULL;
  default: return 0;
  }
}

nj_object *nj_receiver(lua_State *L, const nj_signature *signature) {
  return live_object(L, 1, signature->self_class);
}

int nj_first_misfit(lua_State *L, const nj_signature *signature, int from) {
  for (int i = from; i < signature->count; i++)
    if (!fits(L, i + 1 + signature->offset, &signature->parameters[i])) return i;
  return signature->count;
}
