-- Gives tshark fields that it does not print otherwise: the place of each IP header in the frame, and
-- the numbers of headers around it in the order in which they stand there, as "place name number"
local IP = { "ip", "ipv6" }
local NUMBERED = {
  ["vlan.id"] = "vlan",
  ["ieee8021ad.id"] = "vlan",
  ["ieee8021ad.svid"] = "vlan",
  ["ieee8021ad.cvid"] = "vlan",
  ["ieee8021ah.isid"] = "pbb",
  ["mpls.label"] = "mpls",
  ["pppoe.session_id"] = "pppoe",
  ["cmd.sgt"] = "sgt",
  ["nsh.spi"] = "nsh",
  ["fr.dlci"] = "fr",
}

local places = Proto("place", "Places of headers")
local read, added = {}, {}
for _, name in ipairs(IP) do
  read[name] = Field.new(name)
  added[name] = ProtoField.uint32("place." .. name)
  places.fields[name] = added[name]
end
for name in pairs(NUMBERED) do read[name] = Field.new(name) end
local note = ProtoField.string("place.note")
places.fields.note = note

function places.dissector(_, _, tree)
  for _, name in ipairs(IP) do
    for _, header in ipairs({ read[name]() }) do tree:add(added[name], header.offset) end
  end
  local notes = {}
  for name, called in pairs(NUMBERED) do
    for _, number in ipairs({ read[name]() }) do
      table.insert(notes, { number.offset, called .. " " .. tostring(number.value) })
    end
  end
  table.sort(notes, function(one, other) return one[1] < other[1] end)
  for _, one in ipairs(notes) do tree:add(note, one[1] .. " " .. one[2]) end
end

register_postdissector(places)
