-- The networks that a network consists of, where it names them member1, member2, …; otherwise the network alone. Their
-- losses are summed: a loss of the mean of their scores would train them to depend on each other.
return function(network)
  local members = {}
  for _, child in ipairs(network:children()) do
    if child[1]:find "^member%d+$" then table.insert(members, child[2]) end
  end
  return #members > 0 and members or { network }
end
