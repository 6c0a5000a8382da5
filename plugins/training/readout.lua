-- The weight (classes, embedding) and the bias (classes) of a network's readout.
return function(model)
  local parameters = model:parameters()
  local weight, bias = parameters[#parameters - 1], parameters[#parameters]
  if not weight or weight:dim() ~= 2 or bias:dim() ~= 1 or #weight ~= #bias then
    error("this recipe needs a network whose readout is a last nn.Linear with a bias", 0)
  end
  return weight, bias
end
