-- A state file of PyTorch's, with NeuroBench's names, makes the shipped M5 the network that it was there.
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

-- The same by way of NumPy's archive.
local path = nj.run.out .. "/m5.npz"
nj.save(path, model:state())
assert(m5():load_state(nj.load(path))(x):eq(model(x)):all():item(), "npz")

-- DataParallel puts "module." before every name: the message's line takes it off again.
local wrapped = {}
for name, tensor in pairs(state) do wrapped["module." .. name] = tensor end
local fine, message = pcall(model.load_state, model, wrapped)
assert(not fine)
local line = message:match("Mend: (local state = .-)$")
local stripped = load("local file = ... " .. line .. " return state")(wrapped)
assert(m5():load_state(stripped)(x):eq(model(x)):all():item(), "stripped")
