-- A block of attention, width 128, 4 heads, 200 steps, batch 32: forward and backward.
local nj = require "nightjar"
local case = require "case"
local nn = nj.nn

local batch, time, width, heads = 32, 200, 128, 4
local head = width // heads
local projection, output, norm = nn.Linear(width, 3 * width), nn.Linear(width, width), nn.LayerNorm(width)
local x = nj.randn { batch, time, width }

-- (batch, time, width) → (batch, heads, time, head)
local function split(part) return part:reshape(batch, time, heads, head):transpose(2, 3) end

local function attend()
  local all = projection(x)
  local q, k, v = all:slice(3, 1, width), all:slice(3, width + 1, 2 * width), all:slice(3, 2 * width + 1, 3 * width)
  local attended = nj.scaled_dot_product_attention(split(q), split(k), split(v))
  return norm(x + output(attended:transpose(2, 3):reshape(batch, time, width)))
end

case.run({ x = x, projection = projection.weight, projection_bias = projection.bias, output = output.weight,
  output_bias = output.bias, norm = norm.weight, norm_bias = norm.bias }, function()
  for _, layer in ipairs { projection, output, norm } do layer:zero_grad() end
  attend():pow(4):mean():backward()
  return projection.weight.grad
end)
