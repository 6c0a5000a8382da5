-- NeuroBench's hyperparameters by the delay of its series: size, scale of bias and input, connections, spectral radius,
-- leakage, ridge penalty (its echo_state_network_hyperparameters.csv).
local searched = {
  [17] = { 966, 0.90, 0.78, 0.97, 1.19, 0.69, 1e-7 }, [18] = { 913, 0.98, 1.00, 0.43, 1.08, 0.92, 1e-9 },
  [19] = { 836, 0.45, 0.89, 0.64, 1.25, 0.77, 1e-6 }, [20] = { 656, 0.29, 0.83, 0.06, 1.07, 0.86, 1e-8 },
  [21] = { 547, 0.37, 0.92, 0.92, 1.08, 0.45, 1e-8 }, [22] = { 661, 0.79, 0.92, 0.55, 1.17, 0.87, 1e-7 },
  [23] = { 577, 0.69, 0.93, 0.02, 1.01, 0.54, 1e-8 }, [24] = { 694, 0.85, 0.98, 0.51, 1.13, 0.76, 1e-5 },
  [25] = { 831, 0.87, 0.93, 0.49, 1.21, 1.00, 1e-4 }, [26] = { 522, 0.91, 0.95, 0.59, 1.22, 0.58, 1e-6 },
  [27] = { 952, 0.99, 0.65, 0.60, 1.19, 0.78, 1e-6 }, [28] = { 838, 0.82, 0.83, 0.37, 1.21, 0.81, 1e-6 },
  [29] = { 728, 0.99, 0.62, 0.48, 1.23, 0.90, 1e-5 }, [30] = { 577, 0.69, 0.93, 0.02, 1.01, 0.54, 1e-8 },
}
local columns = { "size", "bias_scale", "input_scale", "connections", "radius", "leakage", "penalty" }

-- Those for a delay, by name.
return function(tau)
  local own = {}
  for number, name in ipairs(columns) do own[name] = searched[tau][number] end
  return own
end
