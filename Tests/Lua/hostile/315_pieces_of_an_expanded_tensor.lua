-- One number seen half a million million times, cut into pieces.
-- expect: M or E or T
return require("nightjar").zeros(1):expand(2 ^ 39):split(1)
