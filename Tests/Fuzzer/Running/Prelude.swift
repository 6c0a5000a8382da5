import Tensors

/// What every case starts with: the tables its values live in, and values and callbacks it can name.
enum Prelude {
  static let text = """
    -- Values by class, as the cases name them.
    t, k, m, o, s, r, g, p, f = {}, {}, {}, {}, {}, {}, {}, {}, {}
    w, b, c, u, q, z, x = {}, {}, {}, {}, {}, {}, {}

    -- Odd values.
    gone = nj.zeros { 2 }
    gone:release()
    dead = coroutine.create(function() end)
    coroutine.resume(dead)
    long = ("ab"):rep(20000)
    cyclic = {}
    cyclic[1], cyclic.name = cyclic, cyclic
    deep, wide = {}, {}
    do
      local at = deep
      for i = 1, 200 do at[1] = {} at = at[1] end
    end
    for i = 1, 1000 do wide[i] = i end
    function lying(n)
      return setmetatable({ 1, 2, 3 }, { __len = function() return n end, __index = function(_, i) return i end })
    end
    function raise() error("raised") end
    raising = setmetatable({}, {
      __index = raise, __newindex = raise, __len = raise, __pairs = raise, __call = raise, __concat = raise,
      __eq = raise, __lt = raise, __tostring = raise, __close = raise, __add = raise, __unm = raise,
    })

    -- Callbacks, well behaved and not.
    function last(...) return (select(-1, ...)) end
    function mean(a) return a:mean() end
    function spread(a) return a:transpose(1, 2):matmul(a) + nj.eye(a:size(2)) end
    function junk() return "junk", {}, 0/0, nil, print, gone end
    function yields(...) return coroutine.yield(...) end
    function free(...)
      for i = 1, select("#", ...) do
        local value = select(i, ...)
        if type(value) == "userdata" then pcall(function() value:release() end) end
      end
      return ...
    end
    function freeall()
      for _, values in ipairs { t, k, m } do
        for i, value in pairs(values) do pcall(value.release, value) end
      end
    end
    depth = 0
    function again(...)
      depth = depth + 1
      if depth % 4 ~= 0 then nj.no_grad(again) end
      return ...
    end
    function loop(...)
      for i = 1, 1e4 do end
      return ...
    end
    function clear(list)
      return function(...)
        for key in pairs(list) do list[key] = nil end
        return ...
      end
    end

    -- Text with a byte changed, or cut.
    function mutated(text, place, byte)
      place = place % (#text + 1)
      return text:sub(1, place) .. string.char(byte % 256) .. text:sub(place + 2)
    end
    function cut(text, length) return text:sub(1, length % (#text + 1)) end
    """

  /// What must hold after any case, in the same state.
  static let afterwards = """
    local x = nj.tensor { { 1, 2 }, { 3, 4 } }
    assert((x:matmul(x) + 1):sum():item() == 58, "arithmetic")
    x:requires_grad_()
    x:square():sum():backward()
    assert(x.grad:totable()[2][2] == 8, "gradients")
    local scores = nj.nn.Linear(2, 3)(x)
    assert(scores.shape[2] == 3, "layers")
    assert(nj.json.decode(nj.json.encode { 1, { a = true } })[2].a, "json")
    local ok, message = pcall(nj.zeros, -1)
    assert(not ok and message:find "lengths of 0 or more", "errors")
    local list = { 3, 1, 2 }
    table.sort(list)
    assert(table.concat(list, ",") == "1,2,3" and ("%d"):format(7) == "7", "libraries")
    local sum = 0
    for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do sum = sum + i end
    assert(sum == 6, "coroutines")
    return true
    """
}
