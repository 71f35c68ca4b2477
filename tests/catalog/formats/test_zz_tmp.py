import sys, pytest, importlib
from catalog.certify import certify
MINE="shp kml kmz geojson gpkg flatgeobuf".split()
@pytest.mark.parametrize("name",MINE)
def test_all(everything,name):
    m=importlib.import_module("catalog.formats."+name)
    p,pr=everything.write(m)
    for x in pr: print(x.words("th")); print(x.words("en"))
    c=certify(everything.table,m,p)
    print(c)
    assert c.ok
    a=p.read_bytes(); q,_=everything.write(m,"two"); assert q.read_bytes()==a
    print(a[:1500].decode("utf8","replace") if name in("csv","json","xml","ttl","nt","rdf") else "")
