-- A PyTorch state file with NeuroBench's names, loaded into the shipped M5, gives the same network as in PyTorch.
local nj = require "nightjar"
local golden = nj.load("Tests/Fixtures/golden/m5_small.safetensors")
local state = nj.load("Tests/Fixtures/files/m5_small.pt")

local function m5()
  local model = nj.plugin("model", "m5").build(
    { channels = 16 }, { input = { time = 201, channels = 20 }, classes = 20 })
  return model:eval()
end

local x = golden.input:transpose(-2, -1)
local model = m5():load_state(state)
assert(model:features(x):allclose(golden["act/features"], { rtol = 0, atol = 1e-4 }), "features")
assert(model(x):allclose(golden["act/logits"], { rtol = 0, atol = 1e-4 }), "logits")

-- The same through a NumPy archive.
local path = nj.run.out .. "/m5.npz"
nj.save(path, model:state())
assert(m5():load_state(nj.load(path))(x):eq(model(x)):all():item(), "npz")

-- DataParallel prefixes every name with "module."; the line of Lua in the message removes the prefix.
local wrapped = {}
for name, tensor in pairs(state) do wrapped["module." .. name] = tensor end
local ok, message = pcall(model.load_state, model, wrapped)
assert(not ok)
local line = message:match("Hint: (local state = .-)$")
local stripped = load("local file = ... " .. line .. " return state")(wrapped)
assert(m5():load_state(stripped)(x):eq(model(x)):all():item(), "stripped")
