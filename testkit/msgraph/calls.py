"""Every call that the portal makes to Microsoft Graph, made to the simulated Graph through Prism (`proxy --errors`): where a question or an
answer is not what Microsoft's description says, Prism answers 4xx or 5xx of its own, and the status is another one than is expected here.

usage: calls.py PRISM_URL GRAPH_URL PERSON
"""

import json
import sys
import urllib.error
import urllib.request
from urllib.parse import quote

PRISM, GRAPH, PERSON = sys.argv[1:]
DEVICE, IPHONE, TO_WIPE, TO_RETIRE = (f"0000000{place}-0000-4000-8000-000000009001" for place in (1, 2, 5, 6))
MAC = "00000009-0000-4000-8000-000000009001"
NOBODY = "00000000-0000-4000-8000-00000000dead"
SALES = f"{GRAPH}/v1.0/deviceManagement/deviceCategories/5a1e5000-0000-4000-8000-000000000001"
ONE, BETA = "/v1.0/deviceManagement/managedDevices/", "/beta/deviceManagement/managedDevices/"
STATE = "?$select=id,userId,managementState,lastSyncDateTime,deviceActionResults"
FILTER = quote(f"userId eq '{PERSON}'")
OF_COMPUTER = quote(f"deviceId eq '{PERSON}'")
BRANDING = "id,isDefaultProfile,displayName,themeColor,showLogo,lightBackgroundLogo,contactITName,contactITPhoneNumber,\
contactITEmailAddress,contactITNotes,onlineSupportSiteName,onlineSupportSiteUrl,privacyUrl"
WIPE = {"keepUserData": False, "keepEnrollmentData": False, "persistEsimDataPlan": True}

CALLS = [
    ("GET", f"/beta/users/{PERSON}/managedDevices", None, 200),
    ("GET", f"/beta/deviceManagement/managedDevices?$filter={FILTER}", None, 200),
    ("GET", BETA + DEVICE, None, 200),
    ("GET", ONE + DEVICE + STATE, None, 200),
    ("GET", ONE + NOBODY, None, 404),
    *(("POST", f"{ONE}{DEVICE}/{action}", None, 204) for action in ("resetPasscode", "remoteLock", "syncDevice", "rebootNow")),
    ("POST", f"{ONE}{IPHONE}/resetPasscode", None, 204),
    ("POST", f"{ONE}{TO_WIPE}/wipe", WIPE, 204),
    ("POST", f"{ONE}{TO_RETIRE}/retire", None, 204),
    ("GET", "/v1.0/deviceManagement/deviceCategories?$select=id,displayName", None, 200),
    ("GET", f"{ONE}{DEVICE}/deviceCategory?$select=id", None, 200),
    ("PUT", f"{ONE}{DEVICE}/deviceCategory/$ref", {"@odata.id": SALES}, 204),
    ("GET", f"{ONE}{DEVICE}/deviceCompliancePolicyStates", None, 200),
    ("GET", f"{BETA}{DEVICE}/detectedApps", None, 200),
    ("GET", f"/v1.0/informationProtection/bitlocker/recoveryKeys?$filter={OF_COMPUTER}", None, 200),
    ("GET", f"/v1.0/directory/deviceLocalCredentials/{PERSON}?$select=credentials", None, 404),
    ("GET", f"{BETA}{DEVICE}/getFileVaultKey()", None, 200),
    ("GET", "/beta/deviceManagement/intuneBrandingProfiles?$select=id,companyPortalBlockedActions", None, 200),
    ("GET", f"/beta/deviceManagement/intuneBrandingProfiles?$select={BRANDING}", None, 200),
    # After the commands: their results.
    ("GET", ONE + DEVICE + STATE, None, 200),
    ("POST", f"{ONE}{MAC}/remoteLock", None, 204),
    ("GET", ONE + MAC + STATE, None, 200),
    # That Prism looks at all: no such action, a wrong body.
    ("POST", f"{ONE}{DEVICE}/dance", None, 404),
    ("POST", f"{ONE}{IPHONE}/wipe", {"keepUserData": "perhaps"}, 422),
]


def asked(method, path, body):
    request = urllib.request.Request(PRISM + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("authorization", "Bearer test-1")
    request.add_header("accept", "application/json")
    if body is not None:
        request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


# A Mac as well: its lock has a result of its own kind.
mac = {"id": MAC, "userId": PERSON, "deviceName": "Mac", "operatingSystem": "macOS",
       "deviceEnrollmentType": "userEnrollment", "managementState": "managed"}
added = json.dumps({"devices": [mac]}).encode()
urllib.request.urlopen(urllib.request.Request(f"{GRAPH}/simulation", method="PUT", data=added), timeout=60)
failed = 0
for method, path, body, expected in CALLS:
    status, told = asked(method, path, body)
    is_right = status == expected
    failed += not is_right
    print("ok  " if is_right else "FAIL", method, path, status, "" if is_right else told[:800])
sys.exit(failed > 0)
