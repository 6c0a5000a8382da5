-- Escape codes, bells and direction marks in printed text: they are made visible.
-- expect: completes
print("\27[2J\27]0;title\7\r\b\u{202E}reversed\u{202C}\0\x9b31m")
print(setmetatable({}, { __tostring = function() return "\27[31m" end }))
print(setmetatable({}, { __name = "\27[31m" }))
